import root from '../../eslint.config.mjs';

/** The tests follow the rules of the whole project, not those of Grafana's scaffold. */
export default [...root, { ignores: ['hosts/**'] }];
