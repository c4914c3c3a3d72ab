using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>Notes that a device is there.</summary>
internal sealed class DeviceWrite(UserId user, DeviceRow device) : LogWrite<DeviceRow>
{
    public override void Ask(LogBatch batch) => batch.AskDevice(user, device.Device);

    public override void Apply(LogBatch batch) => Answer = batch.Touch(user, device);
}
