import { render } from 'preact';
import { App } from './app.tsx';
import { start } from './state.ts';

const place = document.getElementById('app');
if (place !== null) render(<App />, place);
start();
