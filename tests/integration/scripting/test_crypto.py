"""The `crypto` of scripts, beside what Python makes of the same."""

import hashlib
import hmac

import pytest

from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import value_of

pytestmark = pytest.mark.integration

CAUGHT = "try {{ {} }} catch (error) {{ return error.message }}"


@pytest.mark.parametrize(
    ("name", "name_in_python"),
    [
        ("sha3-224", "sha3_224"),
        ("sha3-256", "sha3_256"),
        ("SHA3-384", "sha3_384"),
        ("sha3-512", "sha3_512"),
        ("sha512-224", "sha512_224"),
        ("sha512-256", "sha512_256"),
        ("RSA-SHA256", "sha256"),
    ],
)
def test_digests_are_those_of_python(runner: ScriptRunner, name: str, name_in_python: str) -> None:
    if name_in_python not in hashlib.algorithms_available:
        pytest.skip("this OpenSSL does not have it")
    text = "caf\u00e9 " * 40

    found = value_of(
        runner,
        f"""return [crypto.createHash('{name}').update(data).digest('hex'),
                    crypto.createHmac('{name}', 'key').update(data).digest('hex')]""",
        text,
    )

    assert found == [
        hashlib.new(name_in_python, text.encode()).hexdigest(),
        hmac.new(b"key", text.encode(), name_in_python).hexdigest(),
    ]


@pytest.mark.parametrize(("name", "rounds", "size"), [("sha1", 10, 20), ("sha512", 3, 100)])
def test_keys_are_derived_from_passwords(
    runner: ScriptRunner, name: str, rounds: int, size: int
) -> None:
    found = value_of(
        runner,
        f"""const given = [data, Buffer.from('salt'), {rounds}, {size}, '{name}'];
        const later = new Promise((resolve) => crypto.pbkdf2(...given, (e, key) => resolve(key)));
        const at_once = crypto.pbkdf2Sync(...given).toString('hex');
        return later.then((key) => [at_once, key.toString('hex')])""",
        "pass",
    )

    assert found == [hashlib.pbkdf2_hmac(name, b"pass", b"salt", rounds, size).hex()] * 2


def test_a_copy_of_a_hash_goes_on_from_there(runner: ScriptRunner) -> None:
    body = """const hash = crypto.createHash('sha256').update('a'), copy = hash.copy();
    hash.update('b');
    return [copy.digest('hex'), hash.digest('base64url'), copy instanceof crypto.Hash]"""

    assert value_of(runner, body) == [
        hashlib.sha256(b"a").hexdigest(),
        "-44g_C5MPySMYMOb1lLzwTRymLuXe4tNWQO4UFViBgM",
        True,
    ]


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("crypto.createHash()",
         'The "algorithm" argument must be of type string. Received undefined'),
        ("const h = crypto.createHash('md5'); h.digest(); h.copy()", "Digest already called"),
        ("const h = crypto.createHmac('md5', 'k'); h.digest(); return h.digest('hex')", ""),
        ("crypto.pbkdf2Sync('p', 's', 0, 8, 'sha1')",
         'The value of "iterations" is out of range. It must be >= 1 && <= 2147483647. Received 0'),
        ("crypto.pbkdf2Sync('p', 's', 1, 8, 'toString')", "Invalid digest: toString"),
        ("crypto.randomBytes('x')",
         "The \"size\" argument must be of type number. Received type string ('x')"),
        ("crypto.randomInt(5, 5)",
         'The value of "max" is out of range. It must be greater than the value of "min" (5).'
         " Received 5"),
        ("return new Promise((done) => crypto.randomInt(5, 6, (e, n) => done(n)))", 5),
        ("return new Promise((done) => crypto.randomBytes(4, (e, b) => done(b.length)))", 4),
        ("return crypto.getHashes().includes('sha3-256')", True),
    ],
)  # fmt: skip
def test_calls_end_as_in_node(runner: ScriptRunner, call: str, value: object) -> None:
    assert value_of(runner, CAUGHT.format(call)) == value
