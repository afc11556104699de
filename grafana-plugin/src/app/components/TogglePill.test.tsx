import React from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { TogglePill } from './TogglePill';

describe('TogglePill', () => {
  it('says whether it is on, and that it was clicked', async () => {
    const clicked = jest.fn();
    const { rerender } = render(<TogglePill label="Failed" selected={false} onClick={clicked} />);
    await userEvent.click(screen.getByRole('button', { name: 'Failed', pressed: false }));
    expect(clicked).toHaveBeenCalledTimes(1);
    rerender(<TogglePill label="Failed" selected onClick={clicked} />);
    expect(screen.getByRole('button', { name: 'Failed', pressed: true })).toBeInTheDocument();
  });
});
