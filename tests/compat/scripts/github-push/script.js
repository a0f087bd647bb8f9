/* eslint no-undef:0 */
// One function for each event, picked by GitHub's header. Runs since 2016.
const getLinks = (links) => links.map(link => `[${link.text}](${link.url})`);

const githubEvents = {
  ping(request) {
    return { content: { text: '_' + request.content.hook.id + '_\n' + ':thumbsup: ' + request.content.zen } };
  },

  push(request) {
    const commits = request.content.commits;
    const multi_commit = '[Multiple Commits]';
    let is_short = true;
    let changeset = 'changeset';
    let output = [];

    if ( commits.length > 1 ) {
      is_short = false;
      changeset = changeset + 's';
    }
    const user = request.content.sender;

    output.push(
      request.content.ref.replace('refs/heads/', ''),
      ' | ' + commits.length + ' ' + changeset
    );
    commits.reverse().forEach(function(commit, i) {
      stamp = commit.timestamp.slice(0, 10);
      output.push(`\n  - ${commit.id.substring(0, 7)} ${stamp}: ${commit.message.split('\n')[0]}` +
        ((commit.author.username == user.login) ? '' : ` (${ commit.author.name })`));
    });

    return {
      content: {
        attachments: [{
          thumb_url: user.avatar_url,
          text: output.join(''),
          title: is_short ? commits[0].message : multi_commit,
          title_link: request.content.compare,
          fields: [{ title: 'Repository', value: request.content.repository.full_name, short: true }]
        }]
      }
    };
  }
};

class Script {
  process_incoming_request({ request }) {
    const header = request.headers['x-github-event'];
    if (githubEvents[header]) {
      return githubEvents[header](request);
    }
    return { error: { success: false, message: 'Unsupported method' } };
  }
}
