/*
 * The article's load: Fibonacci numbers, one after the other, for ever, and each the long way, so that one core has
 * nothing else to do. A program of its own, since it never comes back to any event loop.
 */

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

for (let n = 0; ; n = (n + 1) % 40) fibonacci(n);
