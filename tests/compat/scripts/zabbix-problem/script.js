/* exported Script */
/* globals Store */
class Script {
  process_incoming_request({ request }) {
    var priorities = ['Not classified', 'Information', 'Warning', 'Average', 'High', 'Disaster'];
    var c = request.content
    var level = priorities.indexOf(c.severity)
    var repeated = (Store.get(c.hostname) || 0) + 1
    Store.set(c.hostname, repeated)
    if (c.status == 'OK') Store.set(c.hostname, 0)

    var text = ''
    if (repeated > 1) { text = 'again (' + repeated + ' times): ' }
    if (level >= 4) var mention = '@all '
    text += (mention || '') + c.trigger.replace(/^Zabbix agent on (\S+)/, 'Agent of **$1**')

    return {
      content: {
        username: 'Zabbix',
        emoji: level > 2 ? ':bangbang:' : ':information_source:',
        text: text,
        attachments: [ { title: c.item, title_link: c.link, color: ['#97AAB3', '#7499FF', '#FFC859', '#FFA059', '#E97659', '#E45959'][level] } ]
      }
    }
  }
}
