class Script {
  process_incoming_request({ request }) {
    const messages = request.content.messages;
    const attachments = [];
    outer:
    for (const message of messages) {
      const incident = message.incident;
      for (const team of incident.teams || []) {
        if (team.summary === 'silent') continue outer;
      }
      attachments.push({
        title: `#${incident.incident_number} ${incident.title}`,
        title_link: incident.html_url,
        color: { triggered: '#d9534f', acknowledged: '#f0ad4e', resolved: '#5cb85c' }[incident.status],
        ts: +new Date(incident.created_at),
        fields: [
          { title: 'Service', value: incident.service.name || incident.service.summary, short: true },
          { title: 'Assigned', value: incident.assignments.map(({ assignee: { summary } }) => summary).join(', ') || 'nobody', short: true },
          { title: 'Open for', value: moment(message.created_on).from(moment(incident.created_at), true), short: true }
        ]
      });
    }
    if (!attachments.length) return '';
    return { content: { text: messages[0].event.split('.').reverse().join('ed '), attachments } };
  }
}
