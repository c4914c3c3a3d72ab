using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Grains.Abstractions.Delivery;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Routing;

/// <summary>Calls grains for sessions, so that what a grain holds and what is confirmed here stay the same.</summary>
/// <remarks>
/// See <see cref="Route"/> for the protocol. A call is repeated only when it certainly had no lasting effect.
/// </remarks>
internal sealed partial class RouteCaller(RouteRegistrar registrar, ILogger<RouteCaller> logger)
{
    /// <summary>A call, the loss of its silo, a registration that overtook the repetition, and one more.</summary>
    private const int AttemptsMax = 4;

    /// <summary>Calls with one route.</summary>
    /// <param name="budget">The time that the call has.</param>
    /// <param name="route">What the call changes; the caller has entered it.</param>
    /// <param name="call">The call.</param>
    /// <param name="stampOf">The activation that an answer names; null when it names none.</param>
    /// <param name="confirm">Notes the accepted change. Under the route's gate.</param>
    /// <param name="unavailable">The code when the grain cannot be reached.</param>
    public Task<Outcome<T>> CallAsync<T>(
        CallBudget budget, Route route, Func<RouteUpdate, Task<Outcome<T>>> call, Func<T, RouteStamp?> stampOf, Action<T> confirm,
        ErrorCode unavailable = ErrorCode.ChannelNotAvailable) =>
        CallAsync(budget, route, null, (update, _) => call(update), stampOf, _ => null, confirm, unavailable);

    /// <summary>Calls with two routes; <paramref name="first"/> is locked before <paramref name="second"/>.</summary>
    public async Task<Outcome<T>> CallAsync<T>(
        CallBudget budget, Route first, Route? second, Func<RouteUpdate, RouteUpdate, Task<Outcome<T>>> call,
        Func<T, RouteStamp?> firstStampOf, Func<T, RouteStamp?> secondStampOf, Action<T> confirm,
        ErrorCode unavailable = ErrorCode.ChannelNotAvailable)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await BeginAsync(first, second, budget) is not var (firstUpdate, secondUpdate))
                return Unreachable(unavailable);
            Outcome<T> outcome;
            try
            {
                outcome = await budget.WithinAsync(call(firstUpdate, secondUpdate));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                LogCallFailed(logger, failure, first.Key);
                Invalidate(first, second);
                if (failure is TimeoutException || attempt == AttemptsMax || budget.IsSpent)
                    return Unreachable(unavailable);
                continue;
            }

            if (outcome.Refusal is { Code: not ErrorCode.RouteStale })
                return outcome;
            if (outcome.IsAccepted
                && TryConfirm(first, second, firstUpdate, secondUpdate, outcome.Value, firstStampOf, secondStampOf, confirm))
                return outcome;
            registrar.Invalidate(first, firstUpdate);
            if (second is not null)
                registrar.Invalidate(second, secondUpdate);
            if (attempt == AttemptsMax || budget.IsSpent)
                return Unreachable(unavailable);
        }
    }

    /// <summary>True when a route is registered; false when that takes too long or cannot be now.</summary>
    public Task<bool> EnsureAsync(Route route, CallBudget budget)
    {
        var ensured = registrar.EnsureAsync(route);
        return ensured.IsCompletedSuccessfully ? ensured : EnsureWithinAsync(ensured, budget);
    }

    private static async Task<bool> EnsureWithinAsync(Task<bool> ensured, CallBudget budget)
    {
        try
        {
            return await budget.WithinAsync(ensured);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>
    /// The heads of a call on registered routes; null when they cannot be registered now. None is newer than a
    /// registration under way: calls may overtake it, and then the grain would refuse it as too old.
    /// </summary>
    private async ValueTask<(RouteUpdate First, RouteUpdate Second)?> BeginAsync(
        Route first, Route? second, CallBudget budget)
    {
        while (await EnsureAsync(first, budget) && (second is null || await EnsureAsync(second, budget)))
        {
            lock (first.Gate)
                lock (second?.Gate ?? first.Gate)
                    if (first.IsRegistered && second?.IsRegistered != false)
                    {
                        var update = registrar.NextUpdate(first);
                        return (update, second is null ? update : registrar.NextUpdate(second));
                    }

            if (budget.IsSpent)
                break;
        }

        return null;
    }

    private void Invalidate(Route first, Route? second)
    {
        registrar.Invalidate(first);
        if (second is not null)
            registrar.Invalidate(second);
    }

    private static bool TryConfirm<T>(
        Route first, Route? second, RouteUpdate firstUpdate, RouteUpdate secondUpdate, T value,
        Func<T, RouteStamp?> firstStampOf, Func<T, RouteStamp?> secondStampOf, Action<T> confirm)
    {
        lock (first.Gate)
            lock (second?.Gate ?? first.Gate)
            {
                if (!first.TryAdopt(firstUpdate, firstStampOf(value))
                    || second?.TryAdopt(secondUpdate, secondStampOf(value)) == false)
                    return false;
                // What came early goes to the sessions that are joining too, which drop what their snapshot holds.
                first.ReleaseEarly();
                second?.ReleaseEarly();
                confirm(value);
            }

        first.RunFanOuts();
        second?.RunFanOuts();
        return true;
    }

    private static Refusal Unreachable(ErrorCode code) =>
        new(code, "The server could not complete the call; try again.");

    [LoggerMessage(EventId = LogEventIds.CallFailed, Level = LogLevel.Warning,
        Message = "A call on route {Route} failed")]
    private static partial void LogCallFailed(ILogger logger, Exception failure, string route);
}
