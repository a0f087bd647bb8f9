"""Addresses in running text that become links: web, mail and telephone."""

import re
from dataclasses import dataclass

# All bounds below keep a hostile text from costing more than its length.
_HOST_CHAR = r"[^.,!%~*\"':;()=$@&+#?\\/|><`\[\]\s]"
_HOST = rf"(?:localhost|(?!_){_HOST_CHAR}{{1,63}}(?:\.{_HOST_CHAR}{{1,63}}){{1,20}})"
_WEB = re.compile(
    rf"(?:[A-Za-z0-9+-]{{1,32}}://(?:[\w$&+#?.-]{{1,64}}(?::[\w$&+#?.-]{{1,64}})?@)?)?"
    rf"(?P<host>{_HOST})(?::[0-9]{{1,5}})?(?P<rest>\S*)"
)
_MAIL = re.compile(
    r"(?:mailto:)?(?P<address>[^\W_][\w!#$%&'*+/=?^`{|}~-]{0,63}"
    rf"(?:\.[^\W_][\w!#$%&'*+/=?^`{{|}}~-]{{0,63}}){{0,10}}@(?P<host>{_HOST}))"
)
_PHONE = re.compile(r"\+(?:\([0-9]{1,20}\)|[0-9]{1,20})(?:[0-9]{0,20}-[0-9]{1,20}|[0-9]{1,20})?")
_REFERENCE = re.compile(rf"(?:[A-Za-z0-9+-]{{1,32}}:|{_HOST})(?:[^\s()]|\([^\s()]*\))*|\+[0-9()-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# What a sentence puts behind an address does not belong to it.
_TRAILING = ".,!%~*\"':;()="
_SHORTEST_NUMBER = 5
# A browser would run them; no chat client should be handed one as a link.
_DANGEROUS = ("javascript:", "vbscript:", "data:")

# All countries; of the longer names those that people meet.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs "
    "bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec "
    "ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy "
    "hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz "
    "la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx "
    "my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re "
    "ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
    "tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_OTHERS = (
    "academy auto agency app art arpa asia audio bank best bio biz blog build business cafe camp "
    "care careers cash cat center chat city cloud club codes coffee com community company computer "
    "consulting cool coop credit dance data dating day delivery design dev digital direct "
    "directory dog domains download edu education email energy engineer engineering events "
    "exchange expert express family fan finance fish fit foundation fun fund gallery game games "
    "garden gift global gmbh gold google gov graphics group guide guru health help host hosting "
    "house inc info ink institute int international investments jobs kim kitchen land law legal "
    "life limited link live llc loan lol ltd management marketing market markets media mil mobi "
    "moe money museum name net network news ninja observer one online onl org page parts party "
    "photo photography photos pictures pizza place plus post press pro productions properties pub "
    "red rent repair report rest review reviews rip rocks run sale school science security "
    "services shop show site social software solutions space store stream studio style support "
    "systems team tech technology tel tips today tools top tours town toys trade training travel "
    "tube university uno ventures video vip watch web website wiki win wine work works world "
    "wtf xin xyz yoga zone"
)
_TOP_LEVEL = frozenset(f"{_COUNTRIES} {_OTHERS}".split())


@dataclass(frozen=True)
class Autolink:
    """A piece of text that looks like an address."""

    text: str
    end: int
    target: str | None
    """None if it only looks like one: then it is plain text, all of it."""


def match_web(text: str, start: int) -> Autolink | None:
    """Return the web address that begins here."""
    match = _WEB.match(text, start)
    if match is None:
        return None
    rest = match["rest"].rstrip(_TRAILING)
    found = text[start : match.start("rest")] + rest
    if (rest and rest[0] not in "/?#:") or not _is_known_host(match["host"]):
        return Autolink(found, start + len(found), None)
    target = found if _SCHEME.match(found) else f"//{found}"
    return Autolink(found, start + len(found), target)


def match_mail(text: str, start: int) -> Autolink | None:
    """Return the mail address that begins here."""
    match = _MAIL.match(text, start)
    if match is None:
        return None
    known = _is_known_host(match["host"]) and not _ADDRESS.fullmatch(match["host"])
    return Autolink(match["address"], match.end(), f"mailto:{match['address']}" if known else None)


def match_phone(text: str, start: int) -> Autolink | None:
    """Return the telephone number that begins here."""
    match = _PHONE.match(text, start)
    if match is None:
        return None
    number = re.sub("[^0-9]", "", match[0])
    target = f"tel:{number}" if len(number) >= _SHORTEST_NUMBER else None
    return Autolink(match[0], match.end(), target)


def match_reference(text: str, start: int) -> str | None:
    """Return what may stand in the parentheses of a Markdown link, from here on."""
    match = _REFERENCE.match(text, start)
    if match is None or match[0].lower().startswith(_DANGEROUS):
        return None
    return match[0]


def _is_known_host(host: str) -> bool:
    if host == "localhost" or _ADDRESS.fullmatch(host):
        return True
    return host.rpartition(".")[2].lower() in _TOP_LEVEL
