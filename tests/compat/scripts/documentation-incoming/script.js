/* exported Script */
/* globals console, _, s */

// Made once, at the first call, and kept from then on.
class Script {
  /**
   * @params {object} request
   */
  process_incoming_request({ request }) {
    // What there is: request.url.{hash,search,query,pathname,path}, request.url_raw,
    // request.url_params, request.headers, request.user.{_id,name,username},
    // request.content_raw, request.content
    console.log(request.content);

    return {
      content: {
        text: request.content.text
      }
    };

    // To refuse a request:
    // return { error: { success: false, message: 'No such thing' } };
  }
}
