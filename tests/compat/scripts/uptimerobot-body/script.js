// Counts on `this` how often a monitor went down.
class Script {
  constructor() {
    this.count = {};
    started = 'started';
  }

  process_incoming_request({ request }) {
    let data = request.content;
    if (typeof data === 'string') data = JSON.parse(data);
    this.count[data.monitorID] = (this.count[data.monitorID] || 0) + 1;
    const self = this;
    function describe() {
      // a plain function: `this` is not the instance here
      return (this === self ? 'instance' : 'no instance') + ', ' + started;
    }
    let duration = parseInt(data.alertDuration);
    return {
      content: {
        alias: data.monitorFriendlyName,
        text: `[${data.monitorURL}](http://${data.monitorURL}) is ${data.alertTypeFriendlyName.toLowerCase()}` +
          ` for the ${this.count[data.monitorID]}. time: ${data.alertDetails}; ${isNaN(duration) ? 'just now' : moment.duration(duration, 's').humanize()} (${describe()})`
      }
    };
  }
}
