"""What each screen shows, as frozen dataclasses: zones applied, words translated."""
