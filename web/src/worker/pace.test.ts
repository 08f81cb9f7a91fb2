import { describe, expect, it } from 'vitest';
import { Beat, Pace } from './pace';

function clock() {
  const time = { at: 0 };
  return { time, now: () => time.at };
}

describe('the pace', () => {
  it('cannot be told from a single mark', () => {
    const pace = new Pace(() => 5);
    expect(pace.perSecond).toBeNull();
    pace.mark(10);
    expect(pace.secondsLeft(100)).toBeNull();
  });

  it('tells speed and time left, and forgets how slow the beginning was', () => {
    const { time, now } = clock();
    const pace = new Pace(now);
    pace.mark(0);
    time.at = 10_000;
    pace.mark(10);
    expect(pace.perSecond).toBe(1);
    expect(pace.secondsLeft(110)).toBe(100);
    for (let second = 11; second <= 30; second += 1) {
      time.at = second * 1000;
      pace.mark(10 + (second - 10) * 50);
    }
    expect(pace.perSecond).toBeCloseTo(50, 5);
  });

  it('does not count a pause', () => {
    const { time, now } = clock();
    const pace = new Pace(now);
    pace.mark(0);
    time.at = 1000;
    pace.mark(100);
    pace.restart();
    time.at = 60_000;
    pace.mark(100);
    time.at = 61_000;
    pace.mark(200);
    expect(pace.perSecond).toBe(100);
  });
});

describe('the beat', () => {
  it('comes at once and then at its interval', () => {
    const { time, now } = clock();
    const beat = new Beat(100, now);
    expect(beat.due()).toBe(true);
    time.at = 99;
    expect(beat.due()).toBe(false);
    time.at = 100;
    expect(beat.due()).toBe(true);
  });
});
