var Script = function () {};

Script.prototype.actions = {
  addLabelToCard: function (d, who) { return who + ' put the label ' + (d.label.name || d.label.color) + ' on ' + this.card(d); },
  removeLabelFromCard: function (d, who) { return who + ' took the label ' + (d.label.name || d.label.color) + ' from ' + this.card(d); },
  updateCard: function (d, who) {
    if (d.listBefore && d.listAfter) return who + ' moved ' + this.card(d) + ' from _' + d.listBefore.name + '_ to _' + d.listAfter.name + '_';
    if (d.old && d.old.hasOwnProperty('closed')) return who + (d.card.closed ? ' archived ' : ' brought back ') + this.card(d);
    return null;
  }
};
Script.prototype.card = function (d) { return '[' + d.card.name + '](https://trello.com/c/' + d.card.shortLink + ')'; };

Script.prototype.process_incoming_request = function (args) {
  var action = args.request.content.action, handler = this.actions[action.type];
  if (!handler) return null;
  text = handler.call(this, action.data, action.memberCreator.fullName);
  if (!text) return false;
  return { content: { text: text, icon_url: 'https://trello.com/favicon.ico', alias: args.request.content.model.name } };
};
