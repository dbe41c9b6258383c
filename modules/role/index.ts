export { ROLE_NAME, ServiceRole, type ServiceRoleProps } from './role';
