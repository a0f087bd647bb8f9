class Script {
  process_incoming_request({ request }) {
    var c = request.content
      , state = (c.current_state || c.state || 'unknown').toLowerCase()
      , colors = { open: '#ff0000', acknowledged: '#ffa500', closed: '#008000' };

    function link(text, url) { return url ? '[' + text + '](' + url + ')' : text }

    // the times of New Relic are seconds, milliseconds or text
    function time(value) {
      if (!value) return 'no time';
      if (!isFinite(value)) return value;
      value = +value;
      return new Date(value < 1e11 ? value * 1000 : value).toISOString();
    }

    return { content: {
      text: link(c.condition_name, c.incident_url || c.issueUrl) + ' is ' + state,
      attachments: [{
        color: colors[state] || '#764FA5',
        title: c.policy_name || [].concat(c.alertPolicyNames).join(),
        title_link: c.incident_acknowledge_url,
        text: c.details + ' (' + time(c.timestamp || c.createdAt) + ')'
      }]
    } };
  }
}
