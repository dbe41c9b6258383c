export { HttpIntake } from './http-intake';
export type { Authorization, HttpIntakeProps, IntakeQueue } from './props';
