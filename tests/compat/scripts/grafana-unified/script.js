class Script {
  process_incoming_request({ request }) {
    const { alerts, title, status } = request.content;
    const colors = { firing: '#FF0000', resolved: '#00FF00' };
    const fmt = v => v == null ? 'n/a' : Object.entries(v).map(([k, x]) => `${k}=${Number.parseFloat(x).toPrecision(3)}`).join(', ');
    const human = ms => { let s = Math.floor(ms / 1000); const d = Math.floor(s / 86400); s %= 86400; const h = Math.floor(s / 3600); s %= 3600; return `${d ? d + 'd ' : ''}${h}h ${String(Math.floor(s / 60)).padStart(2, '0')}m`; };
    return { content: { text: title, attachments: alerts.map(({ status, labels: { alertname, severity = 'none', ...rest }, annotations: { summary = alertname } = {}, startsAt, endsAt, values, generatorURL: title_link }) => ({ color: colors[status] ?? '#ccc', title: alertname, title_link, text: `${summary} [${severity}] ${fmt(values)}`, ts: new Date(startsAt).toISOString(), dur: endsAt.startsWith('0001') ? 'ongoing' : human(new Date(endsAt) - new Date(startsAt)), year: new Date(endsAt).getFullYear(), rest: JSON.stringify(rest), m: moment(startsAt).format('LLLL'), ago: moment(startsAt).from('2023-01-06'), zone: moment.parseZone(startsAt).format() })) } };
  }
}
