import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { Control } from './control/control.js';
import './theme.css';
import './layout.css';

const control = new Control(location.origin);
control.start();
const root = document.querySelector('#root');
if (!root) throw new Error('The page has no place for the playground.');
createRoot(root).render(
  <StrictMode>
    <App control={control} />
  </StrictMode>,
);
