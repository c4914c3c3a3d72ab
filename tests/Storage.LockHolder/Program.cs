// A process that holds a data folder until its input ends, for tests of what another process sees.
using ImOrleans.Storage;

using var held = DataDirectoryLock.Acquire(args[0]);
Console.WriteLine("held");
Console.In.ReadToEnd();
