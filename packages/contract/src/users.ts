import { z } from 'zod';
import { isEmail } from './kit/email.js';
import { issue } from './kit/issues.js';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, ids, nameToFind, sendable, text, timestamp } from './kit/scalars.js';

/** As the document has always shown it, where `\\w` is Django's: a letter or digit of any alphabet. */
const pattern = '^[\\w.@+-]+$';

const Username = text({
  title: 'Username',
  max: 150,
  description: 'Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.',
})
  .check(({ value, issues }) => {
    if (value !== '' && !/^[\p{L}\p{N}\p{M}_.@+-]+$/u.test(value)) {
      issues.push({ ...issue('bad_username', [], 'Letters, digits and @/./+/-/_ only.'), input: value });
    }
  })
  .meta({ pattern });

const Email = text({ title: 'Email address', max: 254, blank: true })
  .check(({ value, issues }) => {
    if (value !== '' && !isEmail(value)) {
      issues.push({ ...issue('bad_email', [], 'Must be an e-mail address.'), input: value });
    }
  })
  .meta({ format: 'email' });

const groups = 'The groups this user belongs to. A user will get all permissions granted to each of their groups.';

/** An account: who may call the service. The password never leaves the server. */
export const User = z
  .object({
    id: Id,
    last_login: timestamp('Last login').nullable(),
    is_superuser: z.boolean().meta({
      title: 'Superuser status',
      description: 'Designates that this user has all permissions without explicitly assigning them.',
    }),
    username: Username,
    first_name: text({ title: 'First name', max: 150, blank: true }),
    last_name: text({ title: 'Last name', max: 150, blank: true }),
    email: Email,
    is_staff: z.boolean().meta({
      title: 'Staff status',
      description: 'Designates whether the user can log into this admin site.',
    }),
    is_active: z.boolean().meta({
      title: 'Active',
      description:
        'Designates whether this user should be treated as active. Unselect this instead of deleting accounts.',
    }),
    date_joined: timestamp('Date joined'),
    groups: ids(groups),
    user_permissions: ids('Specific permissions for this user.'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

/** How short it may be is a setting of the server. */
export const Password = text({ title: 'Password', max: 128 }).meta({ writeOnly: true });

export const UserRef = z.object({ username: nameToFind(Username.description ?? '').meta({ pattern }) });

/** Only username and password are asked for; the rest has defaults. */
export const NewUser = User.omit({ id: true })
  .partial()
  .extend({
    username: Username,
    password: Password,
    groups: sendable(User.shape.groups).optional(),
    user_permissions: sendable(User.shape.user_permissions).optional(),
  });
export type NewUser = z.infer<typeof NewUser>;

/** On a change `user` names whom: the path's username, while `username` is the new one. */
const UserChangeRef = z.object({ user: UserRef.shape.username });
const pathFields = { username: 'user' };

export const users = {
  list: query('users_list', '/users/', {
    summary: 'List users',
    needs: 'view_user',
    input: Paging,
    output: pageOf(User),
  }),
  create: mutation('users_create', 'POST', '/users/', {
    summary: 'Create a user',
    needs: 'add_user',
    input: NewUser,
    body: 'User',
    output: User,
  }),
  read: query('users_read', '/users/{username}/', {
    summary: 'Read a user',
    needs: 'view_user',
    own: 'username',
    input: UserRef,
    output: User,
  }),
  update: mutation('users_update', 'PUT', '/users/{username}/', {
    summary: 'Change a user',
    conflicts: ['user.last_superuser'],
    needs: 'change_user',
    own: 'user',
    pathFields,
    input: UserChangeRef.extend(NewUser.shape),
    body: 'User',
    output: User,
  }),
  partialUpdate: mutation('users_partial_update', 'PATCH', '/users/{username}/', {
    summary: 'Change some fields of a user',
    conflicts: ['user.last_superuser'],
    needs: 'change_user',
    own: 'user',
    pathFields,
    input: UserChangeRef.extend(NewUser.partial().shape),
    body: 'User',
    output: User,
  }),
  delete: mutation('users_delete', 'DELETE', '/users/{username}/', {
    summary: 'Delete a user',
    conflicts: ['user.last_superuser'],
    needs: 'delete_user',
    input: UserRef,
    output: z.void(),
  }),
};
