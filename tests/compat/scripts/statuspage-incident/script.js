class Script {
  /** Strips HTML of updates and tells how long it took */
  process_incoming_request({ request }) {
    const { incident, component_update, page } = request.content;
    if (component_update) {
      return { content: { text: `component: ${component_update.old_status} → ${component_update.new_status}` } };
    }
    const updates = (incident.incident_updates || []).slice().sort((a, b) => new Date(b.created_at) - new Date(a.created_at));
    const body = updates.length ? s.unescapeHTML(s.stripTags(updates[0].body)) : '';
    const minutes = Math.round((new Date(incident.resolved_at || incident.updated_at) - new Date(incident.created_at)) / 6e4);
    return { content: {
      text: `*${incident.name}* is ${s.humanize(incident.status)} after ${minutes} minutes`,
      attachments: [{ title: page.status_description, title_link: incident.shortlink, text: body, color: incident.impact === 'none' ? undefined : '#c00' }]
    } };
  }
}
