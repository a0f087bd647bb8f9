import pytest

from rc_integrations_plugin.messages.slack import to_markdown, to_plain


@pytest.mark.parametrize(
    ("slack", "markdown"),
    [
        ("<https://x.test/a?b=1&amp;c=2|here>", "[here](https://x.test/a?b=1&c=2)"),
        ("<https://x.test>", "https://x.test"),
        ("*<http://x.test/1|Graph>*", "*[Graph](http://x.test/1)*"),
        ("<http://x.test/(a)|b>", "[b](http://x.test/%28a%29)"),
        ("<http://x.test|[FIRING:1] up>", "[(FIRING:1) up](http://x.test)"),
        ("<http://x.test|http://x.test>", "http://x.test"),
        ("<mailto:a@b.test|a@b.test>", "a@b.test"),
        ("<mailto:a@b.test|Ann>", "[Ann](mailto:a@b.test)"),
        ("<tel:+123|call>", "[call](tel:+123)"),
        ("<!here> <!channel> <!everyone>", "@here @all @all"),
        ("<!here|here>", "@here"),
        ("<!subteam^S123|@ops>", "@ops"),
        ("<!subteam^S123>", "@S123"),
        ("<@U123> <@U123|ann>", "@U123 @ann"),
        ("<#C123> <#C123|general>", "#C123 #general"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("<!date^1392734382^{date}>", "2014-02-18 14:39 UTC"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("&lt;@U123&gt;", "<@U123>"),
        ("&gt; quoted", "> quoted"),
        ("[<https://x.test|a>]", "[[a](https://x.test)]"),
    ],
)
def test_slack_markup_becomes_markdown(slack: str, markdown: str) -> None:
    assert to_markdown(slack) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "<b>bold</b> <br/> </p>",
        "x<y>z",
        "<!DOCTYPE html> <!-- note -->",
        "`<https://x.test|a> &lt;`",
        "```\n<!here> &amp; <@U1>\n```",
        "before ```<@U1> ` &lt;``` after",
        "[text](https://x.test/a_b) *b* _i_ ~s~",
        "&nbsp; &copy; AT&T a&b",
        "<javascript:alert(1)|x>",
        "<t:1630360800:f>",
        "1 <2> 3",
        "vector<int> & List<String>",
        "<>",
        "<@>",
        "<#|x>",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert to_markdown(text) == text


def test_outside_code_it_is_converted_also_between_code() -> None:
    assert to_markdown("`<@U1>` <@U1> `<@U1>`") == "`<@U1>` @U1 `<@U1>`"
    assert to_markdown("an open ` <@U1>") == "an open ` @U1"


def test_a_title_gets_labels_only() -> None:
    assert to_plain("<https://x.test|a> <https://y.test> &lt;") == "a https://y.test <"


@pytest.mark.parametrize("text", ["<!date^99999999999^x>", "<!date^^x>", "<!date>", "<!date^x>"])
def test_a_date_that_is_none_stays_or_is_a_far_one(text: str) -> None:
    assert to_markdown(text)


@pytest.mark.parametrize(
    "part", ["<", "<@U", "<http://a|", "`", "```", "``` `", "&amp", "<!a^", "|>"]
)
def test_hostile_repetition_is_no_slower(part: str) -> None:
    text = part * (100_000 // len(part))

    assert len(to_markdown(text)) <= len(text)
