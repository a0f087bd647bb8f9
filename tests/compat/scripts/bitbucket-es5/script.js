var Script = (function () {
  function Script() { this.config = { color: '#6498CC', showNotifications: { push: true } }; }
  var processors = {
    push: function (request) {
      var content = request.content, text = '', i, j;
      for (i = 0; i < content.push.changes.length; i++) {
        var change = content.push.changes[i];
        if (change['new'] == null) { text += 'Removed ' + change.old.name + '\n'; continue; }
        commits = change.commits;
        for (j in commits) {
          var c = commits[j];
          var who = c.author.user ? c.author.user.display_name : /^(.*?)\s*<([^>]+)>/.exec(c.author.raw)[1] + ' ' + RegExp.$2;
          text += '[' + c.hash.substring(0, 6) + '](' + c.links.html.href + ') ' + c.message.split('\n')[0] + ' - ' + who + '\n';
        }
      }
      return { content: { attachments: [{ author_name: content.actor.display_name, text: text, color: this.config.color }], parseUrls: false } };
    }
  };
  Script.prototype.process_incoming_request = function (params) {
    var type = 'push';
    if (processors.hasOwnProperty(type) && typeof processors[type] === 'function') return processors[type].call(this, params.request);
    return { error: { success: false, message: 'x' } };
  };
  return Script;
})();
