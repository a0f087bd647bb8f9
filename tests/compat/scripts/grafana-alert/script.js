class Script {
  process_incoming_request({ request }) {
    const c = request.content;
    var colors = { ok: '#29a329', alerting: '#e60000', pending: '#ffae42', no_data: '#808080' };
    var fields = [];
    for (i = 0; i < c.evalMatches.length; i++) {
      with_tags = c.evalMatches[i].tags ? ' ' + JSON.stringify(c.evalMatches[i].tags) : '';
      fields.push({ title: c.evalMatches[i].metric + with_tags, value: c.evalMatches[i].value.toFixed(2), short: true });
    }
    var attachment = { title: c.title, title_link: c.ruleUrl, color: colors[c.state] || '#000', text: c.message, fields: fields };
    if (c.imageUrl) attachment.image_url = c.imageUrl;
    return { content: { alias: 'Grafana', emoji: c.state === 'ok' ? ':white_check_mark:' : ':fire:', attachments: [attachment] } };
  }
}
