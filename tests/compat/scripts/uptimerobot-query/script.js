// UptimeRobot sends everything in the query string and an empty body.
class Script {
    process_incoming_request({ request }) {
        let q = request.url.query;
        let alertName = decodeURIComponent(q.monitorFriendlyName);
        let contacts = q.monitorAlertContacts.split(';').filter(function (part) { return /@/.test(part) });
        let color, emoji;
        switch (+q.alertType) {
            case 1: color = '#FF0000'; emoji = ':small_red_triangle_down:'; break;
            case 2: color = '#00FF00'; emoji = ':ok:'; break;
            case 3: color = '#FFFF00'; emoji = ':lock:'; break;
        }
        return {
            content: {
                text: `Monitor is **${q.alertTypeFriendlyName}**: ${q.alertDetails}`,
                emoji,
                attachments: [{ title: alertName, title_link: q.monitorURL, color, fields: [{ title: 'Told', value: contacts.join(', ') || 'nobody', short: true }] }]
            }
        };
    }
}
