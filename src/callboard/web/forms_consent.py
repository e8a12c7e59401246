"""What people type to enter a consent that was given on paper: shape alone; operations say what may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from callboard.people.models import ConsentKind
from callboard.web.forms import PlainForm


class PaperForm(PlainForm):
    kinds = forms.MultipleChoiceField(
        label=_("It is about"), choices=ConsentKind.choices, widget=forms.CheckboxSelectMultiple
    )
    answer = forms.ChoiceField(
        label=_("It says"),
        choices=[("yes", _("Yes, they agree")), ("no", _("No, they do not"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    said_by = forms.ChoiceField(label=_("Signed by"), required=False)
    said_on = forms.DateField(
        label=_("Signed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=_("Where the paper lies"),
        max_length=200,
        required=False,
        help_text=_("Such as “Binder 3, form 118”. Or add it as a file."),
    )
    file = forms.FileField(
        label=_("The form itself"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
        help_text=_("A scan or a photograph: PDF, JPEG, PNG or WebP, at most 10 MB."),
    )

    def __init__(self, *args: Any, signers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].choices = [*signers, ("", _("It is not known"))]  # type: ignore[attr-defined]
