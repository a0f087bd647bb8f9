// Travis sends a form with one field; the raw text is what we trust.
class Script {
  process_incoming_request({ request }) {
    let build = null;
    try {
      build = JSON.parse(request.content_raw);
    } catch (e) {
      build = JSON.parse(new URLSearchParams(request.content_raw).get('payload'));
    }
    let message = unescape(build.message.replace(/\+/g, ' ')).split('\n').shift();
    return {
      content: {
        alias: 'Travis CI',
        text: `[${build.repository.owner_name}/${build.repository.name} #${build.number}](${build.build_url}) ${build.status_message} in ${Math.floor(build.duration / 60)}m ${build.duration % 60}s`,
        attachments: [{ color: build.status === 0 ? 'good' : 'danger', author_name: build.author_name, text: message, title: build.branch + '@' + build.commit.slice(0, 7), title_link: build.compare_url }]
      }
    };
  }
}
