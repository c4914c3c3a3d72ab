using System.Collections.Concurrent;
using System.Threading.Channels;
using ImOrleans.Domain.Errors;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>One call that a grain got, and the way to answer it when the grain was told to hold such calls.</summary>
internal sealed class FakeCall(string method, object request)
{
    private readonly TaskCompletionSource<object> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method { get; } = method;

    public object Request { get; } = request;

    public Task<object> Answered => _reply.Task;

    public void Reply(object reply) => _reply.SetResult(reply);

    public void Fail(Exception failure) => _reply.SetException(failure);
}

/// <summary>
/// A grain that keeps its calls. It answers at once, with what was scripted for the method or as if all were well;
/// calls of a held method wait until the test answers them.
/// </summary>
internal abstract class FakeGrain
{
    private readonly ConcurrentQueue<FakeCall> _calls = new();
    private readonly ConcurrentDictionary<string, Channel<FakeCall>> _byMethod = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<object>> _script = new();
    private readonly ConcurrentDictionary<string, bool> _held = new();

    /// <summary>Is told each call.</summary>
    public Action<FakeCall>? OnCall { get; set; }

    /// <summary>The activation.</summary>
    public long Epoch { get; set; } = 1;

    /// <summary>Where it lives.</summary>
    public string Silo { get; set; } = "silo-1";

    /// <summary>How far it has got.</summary>
    public long Position { get; set; }

    /// <summary>What a check is answered with.</summary>
    public bool IsKnown { get; set; } = true;

    /// <summary>The number of the last batch that it has sent here.</summary>
    public long LastBatch { get; set; }

    public RouteStamp Stamp => new(Epoch, Silo, Position, LastBatch);

    /// <summary>All calls so far.</summary>
    public IReadOnlyList<FakeCall> Calls => [.. _calls];

    /// <summary>The requests of one method so far.</summary>
    public IReadOnlyList<TRequest> Requests<TRequest>() => [.. Calls.Select(call => call.Request).OfType<TRequest>()];

    /// <summary>How often a method was called.</summary>
    public int CountOf(string method) => Calls.Count(call => call.Method == method);

    /// <summary>Keeps the calls of a method waiting; <see cref="NextAsync"/> begins with the first of them.</summary>
    public void Hold(string method)
    {
        _byMethod.TryRemove(method, out _);
        _held[method] = true;
    }

    /// <summary>Answers the next calls of a method with these replies and exceptions, in turn.</summary>
    public void Script(string method, params ReadOnlySpan<object> answers)
    {
        var script = _script.GetOrAdd(method, _ => new());
        foreach (var answer in answers)
            script.Enqueue(answer);
    }

    /// <summary>The next call of a method, each once, in their order.</summary>
    public Task<FakeCall> NextAsync(string method) => Of(method).Reader.ReadAsync().AsTask().Guard();

    protected async Task<T> CallAsync<T>(string method, object request, Func<T> answer)
    {
        var call = new FakeCall(method, request);
        _calls.Enqueue(call);
        Of(method).Writer.TryWrite(call);
        OnCall?.Invoke(call);
        if (_held.ContainsKey(method))
            return Convert<T>(await call.Answered);
        if (_script.TryGetValue(method, out var script) && script.TryDequeue(out var scripted))
            return scripted is Exception failure ? throw failure : Convert<T>(scripted);
        return answer();
    }

    protected Task<Outcome<Done>> DoneAsync(string method, object request) =>
        CallAsync<Outcome<Done>>(method, request, () => new Done());

    protected Task<Outcome<RouteStamp>> StampAsync(string method, object request) =>
        CallAsync<Outcome<RouteStamp>>(method, request, () => Stamp);

    // A reply may be written as the code of a refusal, as a value, or as the whole outcome.
    private static T Convert<T>(object reply)
    {
        if (reply is T whole)
            return whole;
        var argument = reply is ErrorCode code ? new Refusal(code) : reply;
        return (T)typeof(T).GetMethod("op_Implicit", [argument.GetType()])!.Invoke(null, [argument])!;
    }

    private Channel<FakeCall> Of(string method) =>
        _byMethod.GetOrAdd(method, _ => Channel.CreateUnbounded<FakeCall>());
}
