"""What in a script is not what it looks like."""

import pytest

from core.videos.script import PAUSE, filled, no_pauses, no_placeholders


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi, {blogger}, {location}!", ()),
        ("Hi {unknown} and {unknown}, {blogger}.", ("{unknown}",)),
        ("{Blogger} { blogger } {{blogger}} {}", ("{Blogger}", "{ blogger }", "{{blogger}}", "{}")),
        ("Привет, {блогер}! {blogger}", ("{блогер}",)),
        ("مرحبا {المكان} {location}", ("{المكان}",)),
        ("Hi {blogger and blogger}", ("{blogger and blogger}",)),
        ("Hi {blogger, hello", ("{blogger,",)),
        ("Hi blogger}, hello", ("blogger}",)),
    ],
)
def test_a_placeholder_that_is_none_is_named(text: str, found: tuple[str, ...]) -> None:
    """Exactly what stays as it stands when the names are filled in."""
    assert no_placeholders(text) == found
    if "{{" not in text:
        assert all(one in filled(text, "Anna", "Kitchen") for one in found)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        (f"Hello. {PAUSE} Bye. <break time='800ms'/>", ()),
        (
            'Hello everyone. <break time=“2s”/> Welcome back. <break time="1,5s"/> Bye.',
            ("<break time=“2s”/>", '<break time="1,5s"/>'),
        ),
        ("Привет. <break time=«2s»/> <break/>", ("<break time=«2s»/>", "<break/>")),
        ("<pause> a < b, 3 > 2, <3", ("<pause>",)),
        ('Привет. <пауза> <перерыв time="2s"/> [пауза]', ("<пауза>", '<перерыв time="2s"/>', "[пауза]")),
        ("‹break time='2s'/› ＜break＞", ("‹break time='2s'/›", "＜break＞")),
        (
            "Hi &lt;break time='1s'/&gt; break time='1s'/> Take a break.",
            ("&lt;break time='1s'/&gt;", "break time='1s'/>"),
        ),
        ('مرحبا <break time="٢s"/> <break time="2s"', ('<break time="٢s"/>', '<break time="2s"')),
    ],
)
def test_a_tag_that_is_no_pause_is_named(script: str, found: tuple[str, ...]) -> None:
    """Typographic quotes, a comma, other digits, another tag; signs of arithmetic are no tags."""
    assert no_pauses(script) == found
