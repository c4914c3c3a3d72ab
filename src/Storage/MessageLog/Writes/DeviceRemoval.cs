using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Forgets a device.</summary>
internal sealed class DeviceRemoval(UserId user, DeviceId device) : LogWrite<bool>
{
    public override void Ask(LogBatch batch) => batch.AskDevice(user, device);

    public override void Apply(LogBatch batch) => batch.Remove(user, device);
}
