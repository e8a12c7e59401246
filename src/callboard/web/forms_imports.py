"""What people choose to bring a file in: shape alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callboard.web.forms import PlainForm


class ImportForm(PlainForm):
    """A file, and what it is."""

    kind = forms.ChoiceField(label=_("What it holds"), widget=forms.RadioSelect)
    file = forms.FileField(label=_("File"), help_text=_("At most 64 MB."), required=False)
    url = forms.CharField(
        label=_("Or its address"),
        max_length=500,
        required=False,
        widget=forms.URLInput,
        help_text=_("A calendar’s feed, or a sheet that is published as CSV. It must be open to the world."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], accepts: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = accepts
