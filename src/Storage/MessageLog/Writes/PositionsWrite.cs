using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Moves how far a device has received.</summary>
internal sealed class PositionsWrite(UserId user, DeviceId device, IReadOnlyList<DevicePosition> positions) : LogWrite<bool>
{
    public override int Bytes { get; } = 256 + (160 * positions.Count);

    public override void Ask(LogBatch batch)
    {
        batch.AskDevice(user, device);
        foreach (var position in positions)
            batch.AskSeq(position.Key);
    }

    public override void Apply(LogBatch batch)
    {
        foreach (var (key, deliveredSeq) in positions)
            if (batch.DeviceOf(user, device) is not null && deliveredSeq <= batch.SeqOf(key))
                batch.Move(user, device, key, deliveredSeq);
    }
}
