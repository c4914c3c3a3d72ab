using ImOrleans.Domain.Errors;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>Calls that are about several users or groups: some at a time, and each outcome is told.</summary>
internal static class TargetCalls
{
    /// <summary>Calls of one request that are under way at a time.</summary>
    private const int CallsMax = 32;

    /// <summary>Does something for each target; the outcomes in the order of the targets.</summary>
    public static async Task<TargetOutcome[]> EachAsync<T>(
        IReadOnlyList<T> targets, Func<T, string> name, Func<T, Task<Outcome<object>>> call)
    {
        using var room = new SemaphoreSlim(CallsMax);
        return await Task.WhenAll(targets.Select(CallAsync));

        async Task<TargetOutcome> CallAsync(T target)
        {
            await room.WaitAsync();
            try
            {
                return new(name(target), await call(target));
            }
            finally
            {
                room.Release();
            }
        }
    }

    /// <summary>
    /// 200 with what was done under <paramref name="done"/>. When some of several failed: 207, with those under
    /// <c>failed</c>. When the only one failed: its refusal.
    /// </summary>
    public static IResult Answer(IReadOnlyCollection<TargetOutcome> outcomes, string done)
    {
        if (outcomes.Count == 1 && outcomes.Single().Outcome.Refusal is { } only)
            return ServerApiRefusal.Of(only).ToResult();
        var failed = outcomes.Where(one => !one.Outcome.IsAccepted).Select(Describe).ToArray();
        var body = new Dictionary<string, object>
        {
            [done] = outcomes.Where(one => one.Outcome.IsAccepted).Select(one => one.Outcome.Value!),
        };
        if (failed.Length > 0)
            body["failed"] = failed;
        return Results.Json(body, statusCode: failed.Length > 0 ? StatusCodes.Status207MultiStatus : StatusCodes.Status200OK);
    }

    private static object Describe(TargetOutcome one)
    {
        var refusal = ServerApiRefusal.Of(one.Outcome.Refusal!);
        return new
        {
            targetId = one.TargetId,
            code = refusal.Code,
            error = refusal.Error,
            message = refusal.Detail,
            retryable = refusal.Retryable,
        };
    }
}
