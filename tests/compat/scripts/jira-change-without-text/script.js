// One line for each change of an issue; some changes come without their texts.
const describe = ({ field, fromString, toString }) => `• ${field}: ${fromString} → ${toString}`;

class Script {
  process_incoming_request({ request }) {
    const { issue, changelog } = request.content;
    const lines = changelog.items.map(describe);
    return { content: { text: [`*${issue.key}* was changed`, ...lines].join('\n') } };
  }
}
