// `require` for the few modules that there are.
import { SOURCES } from './moment_locales/sources.js';

// The first is how moment itself asks, when a script names a locale.
const LOCALE = /^(?:\.|moment)\/locale\/([\w-]+)(?:\.js)?$/;

export function makeRequire(modules) {
  return function require(name) {
    const key = String(name).replace(/^node:/, '');
    const [, locale] = LOCALE.exec(key) ?? [];
    if (locale && Object.hasOwn(SOURCES, locale)) return loadLocale(locale, modules.moment);
    if (!Object.hasOwn(modules, key)) {
      throw Object.assign(
        new Error(`Cannot find module '${name}'; there are: ${Object.keys(modules).join(', ')}`),
        { code: 'MODULE_NOT_FOUND' },
      );
    }
    return modules[key];
  };
}

function loadLocale(name, moment) {
  const module = { exports: {} };
  new Function('module', 'exports', 'require', SOURCES[name])(module, module.exports, () => moment);
  return module.exports;
}
