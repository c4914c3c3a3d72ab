using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// How often one client subscribes to each message channel: so many times within any period of five seconds. Not safe
/// for concurrent use.
/// </summary>
internal sealed class SubscriptionRate(int subscriptionsMax, TimeProvider clock)
{
    /// <summary>Channels whose subscriptions are kept: more than a client comes by within the rate of its calls.</summary>
    internal const int ChannelsMax = 256;

    private readonly Dictionary<ChannelName, Queue<long>> _channels = [];

    /// <summary>Counts a subscription, or tells how long until there can be one.</summary>
    public bool TryTake(ChannelName channel, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (!_channels.TryGetValue(channel, out var times))
        {
            if (_channels.Count >= ChannelsMax)
                ForgetIdle();
            if (_channels.Count >= ChannelsMax)
            {
                retryAfter = RtmLimits.SubscriptionPeriod;
                return false;
            }

            _channels[channel] = times = new();
        }

        ForgetOld(times);
        if (times.Count >= subscriptionsMax)
        {
            retryAfter = RtmLimits.SubscriptionPeriod - clock.GetElapsedTime(times.Peek());
            return false;
        }

        times.Enqueue(clock.GetTimestamp());
        return true;
    }

    private void ForgetOld(Queue<long> times)
    {
        while (times.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= RtmLimits.SubscriptionPeriod)
            times.Dequeue();
    }

    private void ForgetIdle()
    {
        foreach (var (channel, times) in _channels)
        {
            ForgetOld(times);
            if (times.Count == 0)
                _channels.Remove(channel);
        }
    }
}
