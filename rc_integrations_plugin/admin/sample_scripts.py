"""A script of each type to begin with."""

from collections.abc import Mapping
from types import MappingProxyType

from rc_integrations_plugin.integrations.records import IntegrationType

_INCOMING = """\
class Script {
  process_incoming_request({ request }) {
    // request.content is the body that was sent, request.headers are its headers
    const { title, link } = request.content;
    if (!title) return; // nothing is posted
    return {
      content: {
        text: `*${title}*`,
        attachments: [{ title: 'More about it', title_link: link }],
      },
    };
  }
}
"""
_OUTGOING = """\
class Script {
  prepare_outgoing_request({ request }) {
    // request.data is what would be sent; without a result, nobody is called
    const words = encodeURIComponent(request.data.text);
    return { url: `${request.url}?q=${words}`, method: 'GET', headers: request.headers };
  }

  process_outgoing_response({ request, response }) {
    // response.content is the answer
    if (response.status_code !== 200) return false; // nothing is posted
    return { content: { text: `Found: ${response.content.title}` } };
  }
}
"""
SAMPLE_SCRIPTS: Mapping[IntegrationType, str] = MappingProxyType(
    {IntegrationType.INCOMING: _INCOMING, IntegrationType.OUTGOING: _OUTGOING}
)
