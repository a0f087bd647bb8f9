// Systems that only know Microsoft Teams can talk to us, too.
class Script {
  process_incoming_request({ request }) {
    const card = request.content;
    const links = _(card.potentialAction).chain().where({ '@type': 'OpenUri' }).map(a => `[${a.name}](${_.findWhere(a.targets, { os: 'default' }).uri})`).value();
    return {
      content: {
        text: card.text || card.summary,
        attachments: card.sections.map((section) => ({
          color: '#' + card.themeColor,
          author_name: section.activitySubtitle,
          title: section.activityTitle || section.title,
          text: links.join(' | '),
          fields: section.facts.map(({ name, value }) => {
            const date = /\d{4}/.test(value) && new Date(value);
            return { title: name, value: date && !isNaN(date) ? moment.utc(date).format('YYYY-MM-DD HH:mm') : value, short: true };
          })
        }))
      }
    };
  }
}
