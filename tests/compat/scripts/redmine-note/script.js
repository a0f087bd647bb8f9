class Script {
  process_incoming_request({ request }) {
    try {
      var p = request.content.payload, i = p.issue, j = p.journal, who = [j.author.firstname, j.author.lastname].filter(Boolean).join(' ');
      var changes = j.details.map(d => `${d.prop_key.replace(/_id$/, '')}: ${d.old_value}->${d.value}`);
      var assignee = (() => { try { return i.assignee.firstname; } catch (e) { return 'nobody (' + e.message + ')'; } })();
      return { content: { text: s.sprintf('%s %s %s #%d', who, p.action, i.tracker.name, i.id), attachments: [{ text: j.notes.replace(/\r\n/g, '\n').trim().split('\n').map(l => '> ' + l).join('\n'), changes, assignee, at: moment.utc(i.updated_on).format('ddd D MMM YYYY [at] HH:mm Z'), week: moment.utc(i.updated_on).isoWeek(), rel: moment.utc(i.updated_on).to(moment.utc('2017-06-07')), de: moment.utc(i.updated_on).locale('de').format('LLLL'), fr: moment.utc(i.updated_on).locale('fr').format('dddd D MMMM'), q: moment.utc(i.updated_on).quarter(), diff: moment('2017-07-01').diff(moment('2017-06-05'), 'days'), add: moment.utc('2017-01-31').add(1, 'month').format('L'), valid: moment('2017-13-45', 'YYYY-MM-DD', true).isValid(), inv: moment('nope', 'YYYY').format(), end: moment.utc('2017-02-03').endOf('month').format(), parse: moment.utc('03/04/2017 05:06 PM', 'DD/MM/YYYY hh:mm A').toISOString() }] } };
    } catch (e) { return { error: { message: e.message } }; }
  }
}
