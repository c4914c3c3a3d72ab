namespace ImOrleans.LocalRuntime.Tests;

/// <summary>An observer that only writes down what it is told, and where it runs.</summary>
internal sealed class Recorder : IListener
{
    public List<string> Lines { get; } = [];

    public Task<int> Ask(int number) => Task.FromResult(number);

    public Task<int> AskShortly(int number) => Ask(number);

    public Task Note(int number) => Task.CompletedTask;

    public void Tell(string text) => Lines.Add(text);

    public Task TellOneWay(string text)
    {
        Tell(text);
        return Task.CompletedTask;
    }
}
