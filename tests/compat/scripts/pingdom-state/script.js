function Script() {
  var self = this;
  self.last = {};

  self.process_incoming_request = function (data) {
    var c = data.request.content;
    if (self.last[c.check_id] == c.current_state) return undefined;
    self.last[c.check_id] = c.current_state;
    var t = new Date(c.state_changed_timestamp * 1e3);
    var clock = [t.getHours(), t.getMinutes(), t.getSeconds()].map(function (n) { return n < 10 ? '0' + n : n }).join(':');
    return { content: { text: c.check_name + ': ' + c.previous_state + ' -> ' + c.current_state + ' at ' + clock + ' (' + c.long_description + ')' } };
  };
}
