"""Where Django's admin lies, for the peer of `pages`."""

from benchmarks import _admin

urlpatterns = _admin.urls()
