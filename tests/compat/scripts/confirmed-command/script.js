// Commands that are dangerous must be sent twice.
class Script {
  constructor() {
    this.host = 'https://deploy.example.com';
    this.commands = {
      restart: {
        about: 'restarts a service',
        run: function (name) {
          return this.confirmed('restart ' + name, () => ({
            url: this.host + '/services/' + this.idOf(name) + '/restart',
            method: 'POST',
            headers: {},
          }));
        },
      },
      help: {
        about: 'shows this',
        run: function () {
          var width = Math.max.apply(null, _.map(_.keys(this.commands), function (key) { return key.length; }));
          var lines = _.map(this.commands, function (command, key) {
            return s.rpad(key, width + 2) + command.about;
          });
          return { message: { text: '```\n' + lines.join('\n') + '\n```' } };
        },
      },
    };
  }

  prepare_outgoing_request({ request }) {
    var words = request.data.text.match(/\S+/g).slice(1);
    var command = this.commands[words[0]] || this.commands.help;
    return command.run.apply(this, words.slice(1));
  }

  confirmed(what, action) {
    if (Store.get('asked') != what) {
      Store.set('asked', what);
      return { message: { text: 'Send that again to confirm: `' + what + '`' } };
    }
    Store.set('asked', null);
    return action();
  }

  idOf(name) {
    var answer = HTTP('GET', this.host + '/services?name=' + encodeURIComponent(name), { timeout: 1000 });
    return answer.result && answer.result.data.length ? answer.result.data[0].id : name;
  }
}
