export { checkProps, isKnown, PropsError, type Rule } from './props';
