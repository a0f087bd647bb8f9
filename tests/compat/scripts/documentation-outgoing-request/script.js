/* exported Script */
/* globals console, _, s, HTTP */

class Script {
  /**
   * @params {object} request
   */
  prepare_outgoing_request({ request }) {
    let match;

    // Another address and another method
    match = request.data.text.match(/^pr\s(ls|list)/);
    if (match) {
      return {
        url: request.url + '/pulls',
        headers: request.headers,
        method: 'GET'
      };
    }

    // No request at all, but an answer in the room
    match = request.data.text.match(/^help$/);
    if (match) {
      return {
        message: {
          text: [
            '**commands**',
            '```',
            ' pr ls [open|closed|all] List Pull Requests',
            '```'
          ].join('\n')
        }
      };
    }
  }

  /**
   * @params {object} request, response
   */
  process_outgoing_response({ request, response }) {
    var text = [];
    response.content.forEach(function(pr) {
      text.push('> '+pr.state+' [#'+pr.number+']('+pr.html_url+') - '+pr.title);
    });

    // false stops here; nothing at all leaves the answer to the server.
    return {
      content: {
        text: text.join('\n'),
        parseUrls: false
      }
    };
  }
}
