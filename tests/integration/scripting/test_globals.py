"""What scripts find in their world, each with its real behaviour."""

import hashlib
import hmac
import re
from typing import Any

import pytest

from rc_integrations_plugin.scripting.http import CannedHttp
from rc_integrations_plugin.scripting.protocol import FaultKind, ScriptRunner
from tests.scripts import fault_of, run_source, value_of

pytestmark = pytest.mark.integration
KEY, TEXT = b"key", "t\u00e9xt"
SIGNED = TEXT.encode()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("_.groupBy([1, 2, 3], n => n % 2 ? 'odd' : 'even')", {"odd": [1, 3], "even": [2]}),
        ("_([3, 1]).chain().sortBy().first().value()", 1),
        ("_.template('Hi <%= name %>')({ name: 'x' })", "Hi x"),
        ("s.truncate('hello world', 5)", "hello..."),
        ("s('a b').camelize().value()", "aB"),
        ("s.sprintf('%05.1f|%s', 3.14159, 'x')", "003.1|x"),
        ("s.strRight('a:b:c', ':') + s.numberFormat(1234.5, 2)", "b:c1,234.50"),
        ("s.levenshtein('kitten', 'sitting')", 3),
        ("moment.utc('2024-02-29T10:00:00Z').add(1, 'year').format('YYYY-MM-DD')", "2025-02-28"),
        ("moment.utc(0).locale('en').format('LLL')", "January 1, 1970 12:00 AM"),
        ("moment.duration(90, 'minutes').humanize()", "2 hours"),
        ("Store.set('k', { a: 1 }).a + Store.get('k').a + typeof Store.get('none')", "2undefined"),
        ("new URL('../x?q=1#h', 'https://u:p@h:81/a/b').href", "https://u:p@h:81/x?q=1#h"),
        ("new URL('https://\\u00fc.de/').hostname", "xn--tda.de"),
        ("new URL('https://h/?a=1&a=2').searchParams.getAll('a')", ["1", "2"]),
        ("new URLSearchParams({ a: 'b c', d: '&' }).toString()", "a=b+c&d=%26"),
        ("Buffer.from('h\\u00e9').toString('base64')", "aMOp"),
        ("Buffer.from('aMOp', 'base64').toString('utf8')", "h\u00e9"),
        ("Buffer.from('h\\u00e9').toString('hex')", "68c3a9"),
        ("Buffer.concat([Buffer.from('a'), Buffer.from([98])]).toString()", "ab"),
        ("btoa('a\\u00ff') + atob('YQ==')", "Yf8=a"),
        ("[...new TextEncoder().encode('\\u00e9')]", [195, 169]),
        ("new TextDecoder().decode(new Uint8Array([195, 169]))", "\u00e9"),
        ("(o => { const c = structuredClone(o); return c.d.getTime() === 5 && c.self === c })"
         "((() => { const o = { d: new Date(5) }; o.self = o; return o })())", True),
        ("require('underscore') === _ && require('underscore.string') === s", True),
        ("require('moment') === moment && require('node:crypto') === crypto", True),
        ("crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b'))", False),
        ("typeof global.Store + typeof globalThis.console", "objectobject"),
        ("Promise.all([1, Promise.resolve(2)])", [1, 2]),
        ("new Promise(done => setTimeout((a, b) => done(a + b), 20, 'x', 'y'))", "xy"),
        ("new Promise(done => { const t = setTimeout(() => done('no'), 5); clearTimeout(t);"
         " setTimeout(() => done('yes'), 20) })", "yes"),
        ("new Promise(done => { let n = 0; const t = setInterval(() => { if (++n === 3) "
         "{ clearInterval(t); done(n) } }, 2) })", 3),
    ],
)  # fmt: skip
def test_a_global_does_what_it_is_known_for(
    runner: ScriptRunner, expression: str, value: Any
) -> None:
    assert value_of(runner, f"return {expression}") == value


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha384", "sha512", "ripemd160"])
def test_hashes_are_those_of_openssl(runner: ScriptRunner, name: str) -> None:
    if name not in hashlib.algorithms_available:
        pytest.skip("this Python cannot compute it")

    values = value_of(
        runner,
        f"""return [crypto.createHash('{name}').update(data).digest('hex'),
          crypto.createHmac('{name}', 'key').update(data[0]).update(data.slice(1)).digest('base64'),
          Buffer.isBuffer(crypto.createHash('{name}').digest())]""",
        TEXT,
    )

    signature = hmac.new(KEY, SIGNED, name).digest()
    assert values == [hashlib.new(name, SIGNED).hexdigest(), _base64(signature), True]


def _base64(data: bytes) -> str:
    import base64  # noqa: PLC0415

    return base64.b64encode(data).decode()


def test_random_ids_are_random(runner: ScriptRunner) -> None:
    one, other = value_of(runner, "return [crypto.randomUUID(), crypto.randomUUID()]")

    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)
    assert one != other


@pytest.mark.parametrize("name", ["fs", "child_process", "./x", "__proto__", "constructor"])
def test_other_modules_are_refused_by_name(runner: ScriptRunner, name: str) -> None:
    fault = fault_of(runner, f"return require('{name}')")

    assert f"Cannot find module '{name}'" in fault.message


def test_http_get_gives_the_result_of_meteor(runner: ScriptRunner) -> None:
    result = value_of(runner, "return HTTP.get('http://host/x')")

    assert result["statusCode"] == 200
    assert result["data"] == {"ok": True}
    assert result["content"] == '{"ok": true}'
    assert result["headers"]["content-type"] == "application/json"


def test_http_get_throws_for_a_bad_status(runner: ScriptRunner) -> None:
    body = """try { HTTP.get('http://host/missing') }
        catch (e) { return [e.message, e.response.statusCode] }"""

    assert value_of(runner, body) == ["failed [404] no such", 404]


def test_the_call_form_never_throws(runner: ScriptRunner) -> None:
    good, bad = value_of(
        runner,
        """const bad = HTTP('GET', 'http://host/missing');
        return [HTTP('POST', 'http://host/x', { data: { a: 1 } }),
          [bad.error.message, bad.error.response.content, bad.result]]""",
    )

    assert good["result"]["data"] == {"ok": True}
    assert bad == ["failed [404] no such", "no such", None]


def test_http_call_takes_a_callback(runner: ScriptRunner) -> None:
    body = """let got;
        HTTP.call('GET', 'http://host/x', {}, (e, r) => { got = [e, r.statusCode] });
        return got"""

    assert value_of(runner, body) == [None, 200]


def test_options_become_a_request(runner: ScriptRunner, http: CannedHttp) -> None:
    value_of(
        runner,
        """HTTP.put('http://host/x?a=1', { data: { b: 2 }, auth: 'u:p', timeout: 500,
          headers: { 'X-Y': 1 }, followRedirects: false });
        HTTP.post('http://host/form', { params: { a: 'b c' } });
        HTTP.del('http://host/x', { query: 'z=1', params: { p: [1, 2] } })""",
    )

    put, post, delete = http.requests[-3:]
    assert (put.method, put.url, put.body) == ("PUT", "http://host/x?a=1", '{"b":2}')
    assert put.headers == {
        "X-Y": "1",
        "Content-Type": "application/json",
        "Authorization": "Basic dTpw",
    }
    assert (put.timeout_seconds, put.follow_redirects) == (0.5, False)
    assert (post.body, post.headers) == (
        "a=b+c",
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (delete.method, delete.url) == ("DELETE", "http://host/x?z=1&p=1&p=2")


def test_fetch_gives_a_usable_response(runner: ScriptRunner, http: CannedHttp) -> None:
    run = run_source(
        runner,
        """class Script { async run() {
          const good = await fetch('http://host/x', { method: 'post',
            body: JSON.stringify({ a: 1 }), headers: { 'Content-Type': 'application/json' } });
          const bad = await fetch(new URL('http://host/missing'));
          return [good.ok, good.status, good.headers.get('Content-Type'), (await good.json()).ok,
            bad.ok, bad.status, good.statusText, bad.statusText,
            await bad.clone().text(), await bad.text()] } }""",
    )

    assert run.value[:4] == [True, 200, "application/json", True]
    assert run.value[4:] == [False, 404, "OK", "Not Found", "no such", "no such"]
    assert http.requests[-2].method == "POST"
    assert http.requests[-2].body == '{"a":1}'


def test_an_address_that_makes_no_sense_is_an_error(runner: ScriptRunner) -> None:
    fault = fault_of(runner, "return HTTP.get('nonsense')")

    assert (fault.kind, fault.name) == (FaultKind.EXCEPTION, "TypeError")


def test_only_so_many_http_calls_may_be_made(runner: ScriptRunner) -> None:
    fault = fault_of(runner, "for (;;) HTTP.get('http://host/x')")

    assert fault.kind is FaultKind.EXCEPTION
    assert "more than 10 HTTP calls" in fault.message


def test_left_timers_do_not_hold_a_call(runner: ScriptRunner) -> None:
    assert value_of(runner, "setTimeout(() => {}, 60000); return 1") == 1


@pytest.mark.parametrize("content", [{"a": [1]}, [1, 2], "text"])
def test_parsed_content_serves_scripts_that_parse_it(runner: ScriptRunner, content: Any) -> None:
    argument = {"response": {"content": content}}
    body = "try { return JSON.parse(data.response.content) } catch (e) { return e.name }"

    assert value_of(runner, body, argument) == ("SyntaxError" if content == "text" else content)


def test_other_objects_are_parsed_as_ever(runner: ScriptRunner) -> None:
    assert fault_of(runner, "return JSON.parse({ a: 1 })").name == "SyntaxError"
    assert value_of(runner, "return JSON.parse('[1]', (k, v) => v === 1 ? 2 : v)") == [2]


@pytest.mark.parametrize(
    ("content", "raw", "body", "value"),
    [
        (
            {"at": 1},
            '{"at": 1}',
            "return JSON.parse(content, (key, value) => key ? value + 1 : value)",
            {"at": 2},
        ),
        (
            {"at": 1},
            '{"at": 1}',
            "const own = JSON.parse(content); own.at = 2; return [content.at, own.at]",
            [1, 2],
        ),
        ("words", '"words"', "return JSON.parse(content)", "words"),
        ('{"at": 1}', '"{\\"at\\": 1}"', "return JSON.parse(content)", {"at": 1}),
        (
            "words",
            "words",
            "try { JSON.parse(content) } catch (e) { return e.name }",
            "SyntaxError",
        ),
    ],
    ids=["reviver", "own copy", "text in quotes", "JSON in quotes", "plain text"],
)
def test_parsing_response_content_again_is_as_good_as_parsing_its_text(
    runner: ScriptRunner, content: Any, raw: str, body: str, value: Any
) -> None:
    argument = {"response": {"content": content, "content_raw": raw}}

    assert value_of(runner, f"const {{ content }} = data.response; {body}", argument) == value
