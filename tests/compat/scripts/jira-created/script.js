/**
 * jshint esnext:true
 */
class Script {
    process_incoming_request({request}) {
        if (!(request.content && request.content.webhookEvent)) {
            return {
                error: {
                    success: false,
                    message: 'no webhook event found in content'
                }
            };
        }

        const DEBUG = false;
        const MAXLENGTH = 500;
        let channel = false;
        if (request.url.query.channel != '') {
            channel = '#' + request.url.query.channel;
        }

        if (DEBUG) console.log(JSON.stringify(request.content, null, 2));

        issue = request.content.issue;
        base_url = issue.self.replace(/\/rest\/.*$/, '');
        let message = {
            icon_url: '/images/jira.png',
            attachments: []
        };
        let issueSummary = issue.fields.summary;
        if (issueSummary.length > MAXLENGTH) {
            issueSummary = issueSummary.substring(0, MAXLENGTH) + '...';
        }
        const at = (user) => user ? (user.displayName + ' (' + user.name + ')') : 'nobody';
        const head = '[' + issue.key + '](' + base_url + '/browse/' + issue.key + ') ' + issueSummary;

        if (request.content.webhookEvent === 'jira:issue_created') {
            message.text = '*' + at(request.content.user) + '* created ' + head;
            let fields = [];
            for (name in {priority: 0, issuetype: 0, assignee: 0}) {
                value = issue.fields[name];
                if (value) fields.push({title: s.capitalize(name), value: value.displayName || value.name, short: true});
            }
            message.attachments.push({color: '#205081', text: issue.fields.description, fields: fields,
                ts: new Date(issue.fields.created)});
        } else if (request.content.webhookEvent === 'jira:issue_updated') {
            const comment = request.content.comment;
            if (comment) {
                message.text = '*' + at(comment.author) + '* commented on ' + head;
                message.attachments.push({text: comment.body
                    .replace(/\{quote\}([\s\S]*?)\{quote\}/g, function (all, inner) { return inner.trim().split('\n').map(function (line) { return '> ' + line; }).join('\n'); })
                    .replace(/\[~(\w+)\]/g, '@$1')
                    .replace(/h[1-3]\. /g, '# ')});
            }
            if (request.content.changelog && request.content.changelog.items) {
                const changes = _.chain(request.content.changelog.items)
                    .reject(item => item.field === 'rank')
                    .map(item => `${item.field}: _${item.fromString || 'none'}_ → *${item.toString || 'none'}*`)
                    .value();
                if (changes.length) message.attachments.push({text: changes.join('\n')});
            }
        }
        if (channel) message.channel = channel;
        return {content: message};
    }
}
