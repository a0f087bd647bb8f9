// Names that mean something to scripts, and where they exist. What exists here is not in a list: the
// world that the checker runs in is asked.

export const METHODS = ['process_incoming_request', 'prepare_outgoing_request', 'process_outgoing_response'];

/** In the scripts of Rocket.Chat before 7.0, and gone since. */
export const OLD_LIBRARIES = ['_', 'moment'];

/** What is left of underscore.string in Rocket.Chat since 7.0. */
export const STRING_FUNCTIONS = [
  'truncate', 'trim', 'ltrim', 'rtrim', 'capitalize', 'stripTags', 'strLeft', 'strRight', 'strRightBack',
  'numberFormat', 'pad', 'lrpad', 'wildcardToRegex',
];

/** Here, but in the scripts of no Rocket.Chat. */
export const ONLY_HERE = new Set([
  'atob', 'btoa', 'Buffer', 'clearImmediate', 'clearInterval', 'clearTimeout', 'crypto', 'Headers', 'require', 'Response',
  'setImmediate', 'setInterval', 'setTimeout', 'structuredClone', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams',
]);

/** What Rocket.Chat up to 6 showed scripts of itself. */
export const REMOVED = new Set([
  'Accounts', 'Analytics', 'Avatars', 'Banners', 'BaseRaw', 'CannedResponse', 'CustomSounds', 'CustomUserStatus',
  'EmailInbox', 'EmailMessageHistory', 'EmojiCustom', 'ExportOperations', 'FederationServers', 'Fiber', 'Future', 'Imports',
  'InstanceStatus', 'IntegrationHistory', 'Integrations', 'Invites', 'Livechat', 'LivechatAgentActivity', 'LivechatAgents',
  'LivechatBusinessHours', 'LivechatCustomField', 'LivechatDepartment', 'LivechatDepartmentAgents', 'LivechatExternalMessage',
  'LivechatInquiry', 'LivechatPageVisited', 'LivechatRooms', 'LivechatTrigger', 'LivechatVisitors', 'LoginServiceConfiguration',
  'Match', 'MessageReads', 'Messages', 'Meteor', 'Mongo', 'NotificationQueue', 'Notifications', 'Npm', 'NpsVote', 'OAuthApps',
  'OEmbedCache', 'OmnichannelQueue', 'Package', 'PbxEvents', 'Permissions', 'Random', 'ReadReceipts', 'Reports', 'request',
  'RocketChat', 'Roles', 'Rooms', 'ServerEvents', 'Sessions', 'Settings', 'SHA256', 'SmarshHistory', 'Statistics',
  'Subscriptions', 'Team', 'TeamMember', 'Tracker', 'Uploads', 'UserDataFiles', 'Users', 'UsersSessions', 'WebdavAccounts',
  'check',
]);

/** Declared around scripts by Rocket.Chat since 7.0, so that a script can't declare them again. */
export const DECLARED_AROUND = new Set(['Store', 'fetch', 'reproxy']);

/** Methods that a text has and a parsed answer has not. */
export const TEXT_METHODS = new Set([
  'charAt', 'charCodeAt', 'codePointAt', 'endsWith', 'match', 'matchAll', 'normalize', 'padEnd', 'padStart', 'replace',
  'replaceAll', 'search', 'split', 'startsWith', 'substr', 'substring', 'toLowerCase', 'toUpperCase', 'trim', 'trimEnd',
  'trimStart',
]);

/** Methods and properties that both have. */
export const SHARED_MEMBERS = new Set([
  'at', 'concat', 'constructor', 'hasOwnProperty', 'includes', 'indexOf', 'lastIndexOf', 'length', 'slice', 'toLocaleString',
  'toString', 'valueOf',
]);

/** Options of `HTTP` that Meteor knew and that do nothing here. */
export const IGNORED_OPTIONS = new Set(['beforeSend', 'npmRequestOptions']);
