module.exports = {
  Script: class {
    process_incoming_request({ request: { content } }) {
      const kinds = { 'git.pullrequest.created': this.opened, 'git.push': this.pushed };
      const run = kinds[content.eventType];
      return run ? run.call(this, content.resource) : { content: { text: content.message.markdown } };
    }

    opened({ repository, title, createdBy, sourceRefName, targetRefName, reviewers = [] }) {
      const short = (ref) => ref.split('/').pop();
      return { content: { text: `**${createdBy.displayName}** wants ${short(sourceRefName)} in ${short(targetRefName)} of _${repository.name}_: ${title}${reviewers.length ? '' : ' (no reviewers)'}` } };
    }
  }
};
