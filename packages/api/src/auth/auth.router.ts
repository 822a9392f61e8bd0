import { contract } from '@showroom/contract';
import { implement } from '../trpc.js';
import { judgeUser } from '../users/users.service.js';
import { changeMe, login, logout, readMe } from './auth.service.js';

const { auth } = contract;

export const authRouter = {
  login: implement(auth.login).mutation(({ ctx, input }) => login(ctx, input)),
  logout: implement(auth.logout).mutation(({ ctx }) => logout(ctx)),
  me: implement(auth.me).query(({ ctx }) => readMe(ctx)),
  changeMe: implement(auth.changeMe, judgeUser).mutation(({ ctx, input }) => changeMe(ctx, input)),
};
