// A Node developer's way: module.exports, helpers, template strings, destructuring.
const ICONS = Object.freeze({ published: ':rocket:', created: ':package:', deleted: ':wastebasket:' });

const when = (iso) => {
  const d = new Date(iso);
  return [d.getUTCDate(), d.getUTCMonth() + 1, d.getUTCFullYear()].map((n) => String(n).padStart(2, '0')).join('.');
};

class Script {
  process_incoming_request({ request: { content: { action, release, repository } } }) {
    const { tag_name: tag, name, author: { login }, prerelease = false, ...rest } = release;
    const icon = ICONS[action] ?? ':grey_question:';
    return {
      content: {
        text: `${icon} ${repository.name} ${name || tag}${prerelease ? ' (pre-release)' : ''} by ${login}, ${when(rest.published_at)}`,
      },
    };
  }
}

module.exports = Script;
