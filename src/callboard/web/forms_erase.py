"""What an admin types to erase somebody: shape alone; the operation says what may be."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from callboard.people.erasure_models import KeptRecordings
from callboard.web.forms import PlainForm


class EraseForm(PlainForm):
    """`typed` is to be their name, as it stands above."""

    kept_recordings = forms.ChoiceField(
        label=_("Recordings"),
        choices=KeptRecordings.choices,
        initial=KeptRecordings.NONE,
        widget=forms.RadioSelect,
    )
    typed = forms.CharField(
        label=_("Their name"),
        max_length=200,
        help_text=_("Type it as it stands above. This cannot be taken back."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
